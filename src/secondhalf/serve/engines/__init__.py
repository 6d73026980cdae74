"""What answers: a model in this process, request by request, with its text as it is written. Checks nothing."""
