"""Proof that a model's results are public: facts about the Hub, one table of rules, what each comes to."""
