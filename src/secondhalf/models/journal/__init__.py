"""Every reply that was ever paid for, under the hash of what determines it. Loses none, and asks for none."""
