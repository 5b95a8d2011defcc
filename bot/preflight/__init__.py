"""Whether a submission is open and consistent on the Hub: facts, one table of rules, and the page about them."""
