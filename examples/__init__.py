"""Examples to copy from, and what the demo and the tests share to run them on real models and text."""
