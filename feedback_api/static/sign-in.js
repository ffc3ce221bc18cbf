// Signs in with the key after the # of the address, and takes it out of the address bar and the history.
"use strict";

function signInFromAddress() {
  const key = decodeURIComponent(location.hash.slice(1));
  if (!key) return;
  history.replaceState(null, "", location.pathname);
  const field = document.getElementById("key");
  field.value = key;
  field.form.requestSubmit();
}
addEventListener("hashchange", signInFromAddress);
signInFromAddress();
