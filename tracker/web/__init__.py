"""The page: a server for one session, and what browsers show of it.

The server knows nothing of sensors: a `Studio` runs the session and says what is to be seen; the server hands that on
to every browser that is connected, and what people press back to it. Closing every page stops nothing.
"""
