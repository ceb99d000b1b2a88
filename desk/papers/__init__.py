"""公文: a paper of a case opened, printed and signed for; and all papers that one may see."""
