"""The parts that the application is put together from: encoders, vectors, pictures, the demo shop, logs, health."""
