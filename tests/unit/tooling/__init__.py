"""Rules of the files that install, start and deploy Grip."""
