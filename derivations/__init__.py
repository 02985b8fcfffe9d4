"""The derivations that come with klderive, one file each; `klderive list` names them."""
