"""The story as one page that needs nothing but itself: a conversation on GitHub, a proposal on the Hub."""
