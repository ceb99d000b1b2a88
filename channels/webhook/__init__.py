"""网络回调: messages to a gateway of the house, signed as Standard Webhooks has it."""
