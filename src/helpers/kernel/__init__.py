"""Warm kernels: Jupyter kernels that start with pandas, seaborn and statsmodels already imported.

Start-up, not arithmetic, is the tax of a notebook: importing the stack takes seconds. It is paid once::

    client (papermill, nbval, JupyterLab)      parent                           kernel
    provisioner.WarmProvisioner -- request --> imports the stack, waits -- fork --> ipykernel, as always
                                <-- process id, exit code --

- `provisioner` stands in for jupyter_client's LocalProvisioner: it finds or starts the parent, asks for a
  kernel and shows it to Jupyter as if it were a process of its own.
- `parent` is a script that never imports `helpers`, so a kernel always sees the modules as they are now.
- `install/` holds the kernelspec `magnets`; `pip install` puts it where Jupyter looks.

The connection between client and kernel is also their common fate: when the client ends, however it ends, the
parent sees the connection close and kills the kernel; when the parent ends, the system kills its kernels.
"""
