"""Text and pictures of a product in one vector: blocks side by side, or heads learned on a shop's own photos.

The blocks need no training and serve a shop from its first day. ``Heads`` are fitted where customers' photos of the
products are at hand, and only used where they beat the blocks on photos and on products that they have not seen.
"""

from retrieval.fusion.blocks import Blocks, Vectors, catalogue_centre, centred

__all__ = ["Blocks", "Vectors", "catalogue_centre", "centred"]
