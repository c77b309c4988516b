"""The public pages: made on the server, without JavaScript, cookies or anything from elsewhere."""
