"""看板: the incidents under way."""
