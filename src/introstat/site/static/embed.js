// A chart in a page of others tells that page how tall it is, whenever that changes. It says nothing else, and hears nothing.

if (window.parent !== window) {
  const tell = () => {
    let height = document.body.offsetHeight;
    for (const picture of document.querySelectorAll(".chart svg")) {
      // A picture that was made lower to fit its frame counts as tall as its width asks for.
      const { width, height: shown } = picture.getBoundingClientRect();
      const box = picture.viewBox.baseVal;
      if (width > 0) {
        height += Math.max((width * box.height) / box.width, shown) - shown;
      }
    }
    window.parent.postMessage({ introstat: location.pathname, height: Math.ceil(height) }, "*");
  };
  new ResizeObserver(tell).observe(document.body);
  window.addEventListener("load", tell);
}
