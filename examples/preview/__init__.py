"""The quick path: preview a real model on real text, without GitHub and the Hub."""
