// Shows the times on offer where this script stands, on the practice's own site:
//   <script async src="https://hh.example/booking/embed.js" data-lang="es"></script>
// Without data-lang it speaks the language of the page. It sets no cookie and tells us nothing
// about the page; the form itself opens on our own site.
(function () {
  "use strict";
  var TITLES = {en: "Choose a time to talk", es: "Elija una hora para hablar"};
  var script = document.currentScript;
  var home = new URL(".", script.src);

  var asked = script.getAttribute("data-lang") || document.documentElement.lang;
  var lang = asked.slice(0, 2).toLowerCase();
  lang = Object.prototype.hasOwnProperty.call(TITLES, lang) ? lang : "en";

  var frame = document.createElement("iframe");
  frame.title = TITLES[lang];
  frame.lang = lang;
  frame.referrerPolicy = "no-referrer";
  frame.style.cssText = "display: block; width: 100%; height: 900px; border: 0";
  frame.src = home.href + "embed?lang=" + lang;

  // On a site that is not listed the browser refuses the frame: then a link takes its place.
  var link = document.createElement("a");
  link.href = home.href + "?lang=" + lang;
  link.lang = lang;
  link.referrerPolicy = "no-referrer";
  link.textContent = TITLES[lang];

  // Each page in the frame is asked for its height, and tells it again when it changes.
  var loads = 0;
  var heard = false;
  frame.addEventListener("load", function () {
    loads += 1;
    if (loads > 1 && frame.getBoundingClientRect().top < 0) {
      frame.scrollIntoView();
    }
    frame.contentWindow.postMessage({grip: "height?"}, home.origin);
    window.setTimeout(function () {
      if (!heard && frame.parentNode) {
        frame.parentNode.replaceChild(link, frame);
      }
    }, 3000);
  });
  window.addEventListener("message", function (event) {
    if (event.origin !== home.origin || event.source !== frame.contentWindow) {
      return;
    }
    var height = event.data && event.data.grip === "height" ? Number(event.data.height) : 0;
    if (height > 0 && height < 20000) {
      heard = true;
      frame.style.height = Math.ceil(height) + "px";
    }
  });
  script.insertAdjacentElement("afterend", frame);
}());
