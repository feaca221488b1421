"""The weekly email: what it says, and how it reaches its recipients."""
