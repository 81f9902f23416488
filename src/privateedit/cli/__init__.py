"""The command line: one command a file, thin over `pipeline`. Data on stdout, everything else on stderr."""
