"""One installation: settings, addresses, processes, command line. The only place that knows everything."""
