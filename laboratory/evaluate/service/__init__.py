"""Customer service, judged by the shop's final state: scenarios, a simulated shopper, fresh copies of the shop."""
