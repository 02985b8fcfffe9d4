"""Report to output: one file a format. The formats' modules are imported where they are used."""
