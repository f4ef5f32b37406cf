"""The bus that a URL names."""

from shared.bus.messages import Bus


def make_bus(url: str) -> Bus:
    """memory:// is the in-process bus, amqp:// or amqps:// RabbitMQ. Raises `ValueError` else."""
    if url.startswith("memory:"):
        from shared.bus.memory import MemoryBus

        return MemoryBus()
    if url.startswith(("amqp:", "amqps:")):
        from shared.bus.amqp import AmqpBus

        return AmqpBus(url)
    raise ValueError("GRIP_BUS_URL must begin with memory://, amqp:// or amqps://")
