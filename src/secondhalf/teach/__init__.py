"""How the teacher is asked, and the control that asks nobody."""
