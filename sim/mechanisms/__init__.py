"""What happens in a month: one mechanism a file, in the order that ``sim.schedule`` tells."""
