"""What every command takes."""
