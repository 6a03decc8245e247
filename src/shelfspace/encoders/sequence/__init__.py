"""What a shopper has taken, in order, as one vector near the items that come next."""

from shelfspace.encoders.sequence.encoder import SequenceEncoder
from shelfspace.encoders.sequence.network import SequenceNetwork, SequenceShape
from shelfspace.encoders.sequence.steps import Steps, steps_of

__all__ = ["SequenceEncoder", "SequenceNetwork", "SequenceShape", "Steps", "steps_of"]
