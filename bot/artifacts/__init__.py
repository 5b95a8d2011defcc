"""What an evaluation's machines left, from hostile zips to one report that may be shown: read strictly, then merged."""
