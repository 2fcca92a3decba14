"""What makes a network an estimator: its parameters, its data as numbers, advice, and files."""
