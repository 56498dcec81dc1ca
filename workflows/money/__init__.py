"""Money: monthly amounts, months served, schedules, tranches, repayments. Exact inside, cents at the end."""
