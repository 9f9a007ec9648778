"""My account: how somebody is called and written to, and the ways to what the sign-in keeps."""
