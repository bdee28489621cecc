/**
 * Watches the start of a page: if its code does not run, the page says why and what to do.
 *
 * Every page loads this classic script first. It is ES5, so that it runs where modules do not. It watches the script
 * with the id "page"; shared/rpc.js calls "explainFailure" when a worker does not start. If files have changed since they
 * were cached, the page first reloads itself, once.
 *
 * It also sets the class "embedded" before anything is shown; see shared/embedding.js.
 */
(function () {
  var PATIENCE = 10000; // milliseconds
  var NEEDED = {
    "JavaScript modules": "noModule" in document.createElement("script"),
    "Array.prototype.at": [].at,
    "Array.prototype.findLast": [].findLast,
    "Object.hasOwn": Object.hasOwn,
  };
  var RELOAD = ", then reload the page.";
  var RETRY = "reload the page; if that does not help, ";
  var RELOADED = "gene reloaded"; // key in sessionStorage: when the page last reloaded itself
  var RELOAD_AGAIN = 600000; // milliseconds
  var IMPORT = /(?:from|import)\s*"([^"]+)"/g;
  var script = /** @type {HTMLScriptElement} */ (document.currentScript);
  var site = script.src.split("shared/")[0];
  var violations = {}; // directives of the content security policy, by the address that they blocked
  var isRunning = false;
  var hasFailed = false;
  if (/[?&]embed(&|=|$)/.test(location.search)) document.documentElement.className += " embedded";
  var note = document.createElement("p");
  note.className = "trouble";
  note.setAttribute("role", "alert");

  /** Show a sentence; "" removes it. */
  function tell(text) {
    note.textContent = text;
    var main = document.querySelector("main");
    if (main && text) main.insertBefore(note, main.firstChild);
    else note.remove();
  }

  /** Say why the page does not work. Only the first reason is shown. */
  function fail(text) {
    if (hasFailed) return;
    hasFailed = true;
    if (!isRunning) document.documentElement.className += " failed";
    tell(text);
  }

  /** What keeps every file of the page from running, or "". */
  function obstacle() {
    if (location.protocol === "file:")
      return "This page cannot run from a file: start a web server in its folder with “python -m http.server” (or “make site” in the project), then open http://localhost:8000/.";
    for (var name in NEEDED)
      if (!NEEDED[name])
        return (
          "This browser has no " +
          name +
          ", which this page needs: open it in a current Chrome, Edge, Firefox or Safari."
        );
    return "";
  }

  function nameOf(url) {
    return url.split(/[?#]/)[0].split("/").pop();
  }

  function typeOf(request) {
    return request.getResponseHeader("Content-Type") || "no type";
  }

  /** Whether a file is missing. Some hosts answer with their home page instead of an error. */
  function isMissing(request) {
    return request.status >= 400 || /html/.test(typeOf(request));
  }

  /** What is wrong with a file that was requested again, or "". */
  function verdict(url, request) {
    var name = nameOf(url);
    var type = typeOf(request);
    if (violations[url])
      return (
        "A content blocker or the site’s host blocks " +
        name +
        " (" +
        violations[url] +
        "): allow it for this site" +
        RELOAD
      );
    if (window.origin === "null")
      return (
        "This page is in a sandbox that does not let it load its code: " +
        (top === window ? "" : "open " + location.href + " in a tab of its own, or ") +
        "add allow-same-origin to the sandbox."
      );
    if (!request.status)
      return name + " could not be loaded: check your connection and your content blocker" + RELOAD;
    if (isMissing(request))
      return (
        "A file of this page is missing (" +
        name +
        "): " +
        RETRY +
        "the site must be published again."
      );
    if (!/(java|ecma)script/.test(type))
      return (
        "The site’s host sends " +
        name +
        " as " +
        type +
        ", which no browser runs: it must send it as text/javascript."
      );
    return "";
  }

  /** The addresses that a script imports. */
  function importsOf(url, text) {
    var found = [];
    text.replace(IMPORT, function (all, address) {
      found.push(new URL(address, url).href);
      return all;
    });
    return found;
  }

  /**
   * Request files and their imports again, one by one, bypassing the cache, and pass on what is wrong with the first one
   * that is not JavaScript.
   */
  function check(urls, seen, then) {
    var url = urls.shift();
    if (!url) return then("");
    if (seen[url]) return check(urls, seen, then);
    seen[url] = true;
    var request = new XMLHttpRequest();
    request.onloadend = function () {
      var text = verdict(url, request);
      if (text) then(text, isMissing(request));
      else check(urls.concat(importsOf(url, request.responseText)), seen, then);
    };
    request.open("GET", url);
    request.setRequestHeader("Cache-Control", "no-cache");
    request.send();
  }

  /** Reload the page, unless it was reloaded recently or the reload cannot be recorded; returns whether it does. */
  function reloadOnce() {
    try {
      if (Date.now() - sessionStorage[RELOADED] < RELOAD_AGAIN) return false;
      sessionStorage[RELOADED] = Date.now();
    } catch (_error) {
      return false;
    }
    location.reload();
    return true;
  }

  /**
   * Find out why a script did not start. If its files are missing, or are all there by now, reload the page first.
   *
   * @param {string} url
   * @param {(sentence: string) => void} then Called with what is wrong and what to do.
   */
  function explain(url, then) {
    var unknown =
      nameOf(url) +
      " does not run: " +
      RETRY +
      "allow it in your content blocker or privacy settings.";
    var loaded = performance.getEntriesByType("resource").map(function (entry) {
      return entry.name;
    });
    var scripts = loaded.filter(function (name) {
      return /\.js$/.test(name);
    });
    check([url].concat(scripts), {}, function (reason, isGone) {
      if ((reason && !isGone) || !reloadOnce()) then(reason || unknown);
    });
  }

  /** Report an error of our own code, but not of a browser extension. */
  function onCrash(message, source) {
    if (source.indexOf(site) >= 0)
      fail("Something went wrong on this page (" + message + "): reload it to try again.");
  }

  /** @type {any} */ (window).explainFailure = explain;
  addEventListener("DOMContentLoaded", function () {
    tell(note.textContent);
  });
  addEventListener("securitypolicyviolation", function (event) {
    violations[event.blockedURI] = event.effectiveDirective;
  });
  document.addEventListener("load", onLoad, true);
  addEventListener("error", onError, true);
  addEventListener("unhandledrejection", function (event) {
    var error = event.reason || {};
    onCrash(error.message, String(error.stack));
  });

  function onLoad(event) {
    if (event.target.id !== "page") return;
    isRunning = true;
    if (!hasFailed) tell("");
  }

  function onError(event) {
    if (event.target.id === "page") explain(event.target.src, fail);
    else if (event.message) onCrash(event.message, event.filename);
  }

  function onSlow() {
    if (!isRunning && !hasFailed && document.getElementById("page"))
      tell("The code of this page has not arrived yet: check your connection, or reload the page.");
  }

  setTimeout(onSlow, PATIENCE);
  if (obstacle()) fail(obstacle());
})();
