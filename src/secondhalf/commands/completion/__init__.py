"""`secondhalf completion SHELL`: what a shell needs to complete our commands, made of the parser itself; it starts no Python."""
