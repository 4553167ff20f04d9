// Questions to Python: the function returned sends a message and resolves with its answer.

function asking(model) {
  let sequence = 0;
  return (message) => new Promise((resolve) => {
    const seq = ++sequence;
    const heard = () => {
      if (model.get("answer").seq !== seq) return;
      model.off("change:answer", heard);
      resolve(model.get("answer"));
    };
    model.on("change:answer", heard);
    model.send({ ...message, seq });
  });
}
