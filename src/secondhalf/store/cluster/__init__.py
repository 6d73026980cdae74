"""Workers on a Ray cluster, or on a Ray that is started here: the connection, what runs on nodes, an executor."""
