"""Everything about one installation: settings, addresses, processes, command line. The only place that knows all."""
