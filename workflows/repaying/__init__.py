"""Asking back what was paid too much: what is proposed, how it is calculated, and where each repayment stands."""
