// Grip: what script may add. Every page works without it.
(function () {
  "use strict";

  // Exit this page: Back does not return here. Three presses of Shift do the same. In a frame it
  // is the whole page that leaves, where the browser lets it.
  var exit = document.querySelector("a.exit");
  if (exit) {
    var leave = function () {
      document.documentElement.hidden = true;
      try {
        window.top.location.replace(exit.href);
      } catch (problem) {
        window.location.replace(exit.href);
      }
    };
    exit.addEventListener("click", function (event) {
      event.preventDefault();
      leave();
    });
    var presses = 0;
    var last = 0;
    document.addEventListener("keyup", function (event) {
      if (event.key !== "Shift") {
        presses = 0;
        return;
      }
      presses = event.timeStamp - last < 2000 ? presses + 1 : 1;
      last = event.timeStamp;
      if (presses >= 3) {
        leave();
      }
    });
    document.querySelectorAll("[data-exit-hint]").forEach(function (hint) {
      hint.hidden = false;
    });
  }

  // A form is sent once. The button returns when the page does, or when no answer came.
  var enable = function () {
    document.querySelectorAll("button[data-sent]").forEach(function (button) {
      button.disabled = false;
      button.removeAttribute("data-sent");
    });
  };
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (event.defaultPrevented || form.method !== "post") {
      return;
    }
    // After this turn: a disabled button would not send its name and value.
    window.setTimeout(function () {
      form.querySelectorAll("button:not([type=button])").forEach(function (button) {
        if (!button.disabled) {
          button.disabled = true;
          button.setAttribute("data-sent", "");
        }
      });
      window.setTimeout(enable, 15000);
    }, 0);
  });
  window.addEventListener("pageshow", enable);

  // What needs fixing is read first. Most browsers heed autofocus, at their first frame.
  window.requestAnimationFrame(function () {
    window.requestAnimationFrame(function () {
      var errors = document.querySelector(".errors");
      if (errors && document.activeElement === document.body) {
        errors.focus();
      }
    });
  });

  // <p data-zone="America/New_York" hidden>Your device is set to <span data-zone-name></span>.
  //   <a href="?tz=" data-zone-link>Show times in that zone</a></p>
  // The suggestion is shown when the device's clock differs; nothing is applied by itself.
  var offsets = function (zone) {
    var year = new Date().getUTCFullYear();
    var format = new Intl.DateTimeFormat("en-US", {
      timeZone: zone, dateStyle: "short", timeStyle: "short"
    });
    var found = "";
    for (var month = 0; month < 12; month += 1) {
      found += format.format(new Date(Date.UTC(year, month, 15))) + ";";
    }
    return found;
  };
  // "Pacific Time", "hora del Pacífico"; by its city where the browser has no such name.
  var called = function (zone) {
    var city = zone.split("/").pop().replace(/_/g, " ");
    try {
      var name = new Intl.DateTimeFormat(document.documentElement.lang, {
        timeZone: zone, timeZoneName: "longGeneric"
      }).formatToParts(new Date()).filter(function (part) {
        return part.type === "timeZoneName";
      })[0].value;
      return /^(GMT|UTC)/.test(name) ? city : name;
    } catch (problem) {
      return city;
    }
  };
  var suggest = function (place) {
    var device = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (!device || offsets(device) === offsets(place.getAttribute("data-zone"))) {
      return;
    }
    place.querySelectorAll("[data-zone-name]").forEach(function (name) {
      name.textContent = called(device);
    });
    place.querySelectorAll("[data-zone-link]").forEach(function (link) {
      var url = new URL(link.href, window.location.href);
      url.searchParams.set("tz", device);
      link.href = url.pathname + url.search;
    });
    place.hidden = false;
  };
  document.querySelectorAll("[data-zone]").forEach(function (place) {
    try {
      suggest(place);
    } catch (problem) {
      place.hidden = true; // a zone that this browser does not know
    }
  });
}());
