"""Gradio pages: shopper chat, agent console, admin."""
