"""What a number, a QR code or an uploaded paper proves."""
