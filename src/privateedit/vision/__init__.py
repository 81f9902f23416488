"""Models behind the ports of the core: detection, landmarks, segmentation, and their verified weights."""
