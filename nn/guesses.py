"""Names of nn and of models that people type at the first guess, who come from PyTorch or Keras: what to type here."""

from autograd.interop.guesses import add_guesses
from nn.layers import TORCH
from nn.module import Module
from nn.optim.optimizer import Optimizer

_BY_NAME = (
    "an activation is a name here: nn.Sequential(nn.Linear(2, 8), {0!r}, ...), or a function of autograd: autograd.{0}"
)
_LOSS = "a loss is a function: nn.losses.{0}(prediction, target), and nn.fit(model, X, y, loss={0!r})"
_LOSSES = {
    "mse": "MSELoss mse_loss mse", "mae": "L1Loss l1_loss mae", "huber": "HuberLoss SmoothL1Loss huber",
    "nll": "NLLLoss nll", "bce": "BCELoss bce", "bce_with_logits": "BCEWithLogitsLoss bce_with_logits",
    "hinge": "HingeEmbeddingLoss hinge", "cross_entropy": "CrossEntropyLoss cross_entropy",
}  # fmt: skip
OF_NN = {
    **{f"{there} {name}": _BY_NAME.format(name) for name, there in TORCH.items() if name != "linear"},
    "Swish": _BY_NAME.format("silu"),
    **{names: _LOSS.format(name) for name, names in _LOSSES.items()},
    "Identity": "'linear' is the activation that leaves numbers as they are",
    "functional F": "activations are functions of autograd, as autograd.relu, and losses those of nn.losses",
    "Parameter": "a Value that is an attribute of a Module is a parameter: self.w = Value(0.5, 'w')",
    "ModuleList ModuleDict ParameterList ParameterDict": "a list or a dict that is an attribute of a Module will do",
    "DataLoader TensorDataset Dataset": "lists are enough: nn.fit(model, X, y, batch_size=32)",
    "init": "nn.MLP(2, [8, 1], init='he'), or 'xavier', 'uniform', a function of (nin, nout)",
    "utils": "nn.fit(..., clip_norm=1.0) clips gradients; model.parameters() is a list",
    "MultiheadAttention": "nn.Attention(width, heads)",
    "Transformer TransformerEncoder TransformerEncoderLayer TransformerDecoderLayer": "nn.Block is a layer, nn.GPT a model",
    "GRU RNNCell LSTMCell GRUCell": "nn.RNN and nn.LSTM are there",
    "BatchNorm1d BatchNorm2d GroupNorm": "nn.LayerNorm and nn.RMSNorm look at one row, and need no batch",
    "Conv1d Conv2d MaxPool2d AvgPool2d": "a convolution is the same dot over each window: write it as a loop in a Module",
    "Flatten Unflatten": "a row is a plain list of numbers: [x for row in image for x in row]",
    "tensor Tensor Value": "from autograd import Value",
    "Adam SGD AdamW RMSprop": "nn.optim.Adam(model.parameters(), lr=0.01)",
    "summary plot_model torchinfo": "print(model) says what it is made of, nn.draw(model([1.0, 2.0])) draws it",
    "draw_dot make_dot plot show": "nn.draw(y) draws the graph of y",
    "fit_model trainer Trainer": "nn.fit(model, X, y, epochs=100)",
    "Perceptron Net Network": "nn.MLP(2, [16, 16, 1])",
    "no_grad": "autograd.no_grad()",
    "manual_seed": "what is drawn takes a seed of its own: nn.MLP(2, [8, 1], seed=0), nn.fit(..., seed=0)",
    "EarlyStopping": "nn.fit(..., validation=0.2, patience=10) stops, and goes back to the best",
    "ModelCheckpoint": "nn.fit(..., resume='run.json') goes on where a training stopped",
    "random_split": "nn.data.Dataset(X, y).split(0.25, seed=0) gives two",
    "save load": "model.save('model.json'), and model.load('model.json') of a model of that shape",
}
OF_MODULE = {
    "forward": "model(x) runs it; a class of one's own may call it forward",
    "fit compile train_step": "nn.fit(model, X, y, loss='mse', epochs=100)",
    "predict predict_proba": "[model(x) for x in X]",
    "evaluate score": "nn.metrics has accuracy and others: nn.metrics.accuracy([model(x) for x in X], y)",
    "summary count_params": "print(model) says what it is made of; len(model.parameters()) counts",
    "to cuda cpu double float half": "numbers are floats on the processor; nn.to_torch and nn.to_jax hand a model over",
    "step": "an optimiser steps: optimizer = nn.optim.SGD(model.parameters(), lr=0.1), then optimizer.step()",
    "backward": "a loss goes back, not a model: loss.backward()",
    "weights get_weights trainable_variables": "model.parameters() is the list, model.state_dict() their numbers by name",
    "requires_grad_ freeze": "an optimiser moves what it is given: leave out those that are to stay",
    "register_buffer buffers": "numbers that do not learn are plain attributes: self.scale = [1.0, 2.0]",
    "register_parameter add_module": "an attribute will do: self.w = Value(0.5), self.layer = nn.Linear(2, 3)",
    "draw plot": "nn.draw(model([1.0, 2.0])) draws it",
    "named_modules named_children": "model.children() has names and modules, model.modules() all that are inside",
    "apply": "a loop does it: for module in model.modules()",
    "append extend insert": "nn.Sequential(*model, nn.Linear(2, 1)) is a longer one",
}
OF_OPTIMIZER = {
    "param_groups": "optimizer.lr is the rate, and can be set; what learns at another has an optimiser of its own",
    "add_param_group": "what learns at another rate has an optimiser of its own",
    "minimize apply_gradients": "loss.backward(), then optimizer.step()",
}


add_guesses(Module, OF_MODULE)
add_guesses(Optimizer, OF_OPTIMIZER)
