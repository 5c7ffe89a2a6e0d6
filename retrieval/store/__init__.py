"""Durable, versioned vectors in Chroma, and the snapshots of a version that searches read."""
