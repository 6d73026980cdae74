"""What answers: a model in this process or on a server, request by request, with its text as it is written. Checks nothing."""
