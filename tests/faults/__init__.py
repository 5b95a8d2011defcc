"""Every fault at every request of `mteb-bot report` and `mteb-bot publish`: run with `make faults`."""
