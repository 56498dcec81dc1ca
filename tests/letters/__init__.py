"""Letters: what they tell, how they are laid out, who prepares, validates, makes and sends them."""
