"""Photos to vectors: hand-made and closed-form features, our own network, pretrained backbones."""
