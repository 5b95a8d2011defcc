"""Do accepted models still score the same? What a run of today says against the accepted results."""
