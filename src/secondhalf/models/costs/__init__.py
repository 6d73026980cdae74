"""What model calls cost: prices, budgets, and tokens estimated before a call is made. Sends nothing."""
