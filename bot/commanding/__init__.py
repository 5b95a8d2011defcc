"""What people ask for in comments and by a label, who may, and what is done about it. Pure."""
