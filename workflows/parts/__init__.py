"""What a dossier holds: its award, its holders, its ledger, its repayments, and the rest that its facts keep."""
