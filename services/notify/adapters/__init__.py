"""Providers behind the ports: capture, Twilio, SMTP. One file each."""
