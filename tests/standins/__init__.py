"""Loopback stand-ins for GitHub and the Hugging Face Hub: real HTTP, real git, faults on command."""
